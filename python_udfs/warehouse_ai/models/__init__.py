"""What computes: encoder, classifier heads, span extractor, and the registry of what ships."""
