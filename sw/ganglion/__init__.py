"""Host side of Ganglion: trained network -> loadable, data set slices, bit-exact reference inference."""
