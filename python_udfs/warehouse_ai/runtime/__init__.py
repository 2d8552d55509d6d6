"""How rows become batches, whatever the task: distinct texts, cache, packing, device, ledger."""
