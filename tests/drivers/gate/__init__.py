"""Tests of the gate driver."""
