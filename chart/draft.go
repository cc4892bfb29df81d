package chart

func (c *Lines) size() Size               { return c.Size }
func (c *Lines) shared(p *pen)            {}
func (c *Lines) draw(p *pen)              { p.h = 10 }
func (c *Lines) table(l Language) Table   { return Table{} }
func (c *Lines) records(l Language) Table { return Table{} }

func (c *Heat) size() Size               { return c.Size }
func (c *Heat) shared(p *pen)            {}
func (c *Heat) draw(p *pen)              { p.h = 10 }
func (c *Heat) table(l Language) Table   { return Table{} }
func (c *Heat) records(l Language) Table { return Table{} }

func (c *Calendar) size() Size               { return Body }
func (c *Calendar) shared(p *pen)            {}
func (c *Calendar) draw(p *pen)              { p.h = 10 }
func (c *Calendar) table(l Language) Table   { return Table{} }
func (c *Calendar) records(l Language) Table { return Table{} }

func (c *Profile) size() Size               { return Body }
func (c *Profile) shared(p *pen)            {}
func (c *Profile) draw(p *pen)              { p.h = 10 }
func (c *Profile) table(l Language) Table   { return Table{} }
func (c *Profile) records(l Language) Table { return Table{} }

func (c *Bars) size() Size               { return c.Size }
func (c *Bars) shared(p *pen)            {}
func (c *Bars) draw(p *pen)              { p.h = 10 }
func (c *Bars) table(l Language) Table   { return Table{} }
func (c *Bars) records(l Language) Table { return Table{} }

func (c *Change) size() Size               { return c.Size }
func (c *Change) shared(p *pen)            {}
func (c *Change) draw(p *pen)              { p.h = 10 }
func (c *Change) table(l Language) Table   { return Table{} }
func (c *Change) records(l Language) Table { return Table{} }

func (c *Panels) size() Size               { return Body }
func (c *Panels) shared(p *pen)            {}
func (c *Panels) draw(p *pen)              { p.h = 10 }
func (c *Panels) table(l Language) Table   { return Table{} }
func (c *Panels) records(l Language) Table { return Table{} }

func (c *Strip) size() Size               { return Wide }
func (c *Strip) shared(p *pen)            {}
func (c *Strip) draw(p *pen)              { p.h = 10 }
func (c *Strip) table(l Language) Table   { return Table{} }
func (c *Strip) records(l Language) Table { return Table{} }

func (c *Map) size() Size               { return c.Size }
func (c *Map) shared(p *pen)            {}
func (c *Map) draw(p *pen)              { p.h = 10 }
func (c *Map) table(l Language) Table   { return Table{} }
func (c *Map) records(l Language) Table { return Table{} }

func (c *Hourly) size() Size               { return c.Size }
func (c *Hourly) shared(p *pen)            {}
func (c *Hourly) draw(p *pen)              { p.h = 10 }
func (c *Hourly) table(l Language) Table   { return Table{} }
func (c *Hourly) records(l Language) Table { return Table{} }

func (f *Frame) appendSVG(b []byte) []byte { return b }
