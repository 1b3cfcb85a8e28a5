"""Safe copies of a site: made while its hub runs, verified, and restored into a new folder."""
