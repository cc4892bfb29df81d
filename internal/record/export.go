package record

import (
	"context"
	"io"

	"go.yaml.in/yaml/v3"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// Export writes the whole network, drafts and withdrawn things too, as one document. The same network gives the same bytes.
func (k *Desk) Export(ctx context.Context, by actor.Actor, w io.Writer) error {
	if err := by.NeedOfficer(); err != nil {
		return err
	}
	var r *Record
	err := k.db.Read(ctx, func(tx *db.Tx) (err error) {
		r, err = load(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	return r.Write(w)
}

// Write writes the record as a document.
func (r *Record) Write(w io.Writer) error {
	root := &yaml.Node{Kind: yaml.MappingNode}
	add := func(key string, value any) error {
		var n yaml.Node
		if err := n.Encode(value); err != nil {
			return err
		}
		root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, &n)
		return nil
	}
	if err := add("aircommons", Format); err != nil {
		return err
	}
	for _, s := range sections {
		if list := s.encode(r); list != nil {
			if err := add(s.name, list); err != nil {
				return err
			}
		}
	}
	enc := yaml.NewEncoder(w)
	enc.SetIndent(2)
	if err := enc.Encode(root); err != nil {
		return fault.Wrap(fault.Internal, err, "record.write")
	}
	return enc.Close()
}
