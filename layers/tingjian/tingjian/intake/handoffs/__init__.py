"""Hand-offs to other departments."""
