"""Series to take away: CSV, XLSX, Parquet; row by row, in bounded memory."""
