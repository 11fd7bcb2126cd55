"""What the roles share: the domain, the kernel and the adapters."""
