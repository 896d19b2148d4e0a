"""Who gets in: calls without credentials, and tokens that are forged, unsigned, expired or meant for somebody else."""
