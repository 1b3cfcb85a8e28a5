"""Rules: what shadows and committed events mean to alarm definitions, told to the desk as signals."""
