"""Tingjian: a customer-service operations platform."""
