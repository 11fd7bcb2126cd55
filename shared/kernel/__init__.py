"""The patterns, pure Python: no Azure, no input or output, and no business."""
