"""The shop's OAuth 2.0 issuer: users log in, clients get tokens, everybody reads its keys."""
