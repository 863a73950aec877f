"""Samples of the fieldwork: out of how much, how chosen and why, drawn so that anybody can draw again (I-08)."""
