"""Challenges: what holds back somebody without an account who files very much."""
