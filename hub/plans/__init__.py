"""The plans of a site: their pictures, where devices stand on them, and what people call the areas."""
