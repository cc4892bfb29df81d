package activity

func (h handlers) office() {}
