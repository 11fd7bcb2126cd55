"""The patterns, pure Python: no input or output, no product and no business."""
