"""Tests of the monthly report and of the residents' public page."""
