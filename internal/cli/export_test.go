package cli

// Generated makes a file in the layout of the Beijing stations.
var Generated = generated
