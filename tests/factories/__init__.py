"""One boring factory per model: only what the model demands; the interesting value stands in the test."""
