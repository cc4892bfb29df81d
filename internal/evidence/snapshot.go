package evidence

type Snapshot struct{}
