"""Everything that touches the world, and a memory twin of every port."""
