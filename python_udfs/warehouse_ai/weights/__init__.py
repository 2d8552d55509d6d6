"""Trained adapters, a card beside each."""
