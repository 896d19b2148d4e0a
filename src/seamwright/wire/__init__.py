"""What goes over the wire, byte for byte: clients without opinions, on which drivers and engines stand."""
