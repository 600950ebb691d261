"""The DeepCAM array in NumPy: dot products by hashing and Hamming distance, bit exact, with counts and energies."""
