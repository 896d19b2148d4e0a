"""The seven phases of a product's life, and the gate that lets none of them close without evidence."""
