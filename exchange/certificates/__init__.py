"""Certificates of attendance as PDF for everybody (PDF/UA-1): a template, and a program of its own that draws them."""
