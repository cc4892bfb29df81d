package chart

// AppendDrawing adds Drawing to b, for pages that write their figures into one buffer.
func (f *Frame) AppendDrawing(b []byte) []byte { return f.appendDrawing(b) }
