// Schemas turns Kubernetes' own description of its API, and the definitions of custom resources, into closed JSON schemas of single kinds, as
// kubeconform reads them: OUT/group/kind_version.json.
//
//	schemas OUT SWAGGER.json CRD.yaml...
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

type object = map[string]any

const prefix = "#/definitions/"

func main() {
	log.SetFlags(0)
	if len(os.Args) < 3 {
		log.Fatal("usage: schemas OUT SWAGGER.json CRD.yaml...")
	}
	out := os.Args[1]
	ofKubernetes(out, os.Args[2])
	for _, file := range os.Args[3:] {
		ofCustomResources(out, file)
	}
}

func ofKubernetes(out, file string) {
	var swagger struct{ Definitions map[string]object }
	read(file, &swagger)
	for name, definition := range swagger.Definitions {
		kinds, _ := definition["x-kubernetes-group-version-kind"].([]any)
		if len(kinds) != 1 {
			continue // Options of requests, which many kinds share.
		}
		kind := kinds[0].(object)
		schema := inlined(object{"$ref": prefix + name}, swagger.Definitions, nil).(object)
		write(out, kind["group"].(string), kind["kind"].(string), kind["version"].(string), schema)
	}
}

func ofCustomResources(out, file string) {
	var crd struct {
		Spec struct {
			Group    string
			Names    struct{ Kind string }
			Versions []struct {
				Name   string
				Schema struct{ OpenAPIV3Schema object }
			}
		}
	}
	read(file, &crd)
	for _, version := range crd.Spec.Versions {
		schema := inlined(version.Schema.OpenAPIV3Schema, nil, nil).(object)
		properties := schema["properties"].(object)
		properties["metadata"] = object{"type": "object"}
		write(out, crd.Spec.Group, crd.Spec.Names.Kind, version.Name, schema)
	}
}

// inlined puts definitions in the place of references, but for those within themselves, and closes objects that name their properties.
func inlined(schema any, definitions map[string]object, within []string) any {
	switch node := schema.(type) {
	case []any:
		list := make([]any, len(node))
		for i, element := range node {
			list[i] = inlined(element, definitions, within)
		}
		return list
	case object:
		if reference, isReference := node["$ref"].(string); isReference {
			name := strings.TrimPrefix(reference, prefix)
			for _, outer := range within {
				if outer == name {
					return object{}
				}
			}
			return inlined(special(name, definitions[name]), definitions, append(within[:len(within):len(within)], name))
		}
		return closed(node, definitions, within)
	default:
		return node
	}
}

func closed(node object, definitions map[string]object, within []string) object {
	copied := object{}
	for key, value := range node {
		if key != "description" {
			copied[key] = inlined(value, definitions, within)
		}
	}
	_, named := copied["properties"]
	_, open := copied["additionalProperties"]
	if named && !open && copied["x-kubernetes-preserve-unknown-fields"] != true {
		copied["additionalProperties"] = false
	}
	if copied["x-kubernetes-int-or-string"] == true {
		delete(copied, "type")
	}
	return copied
}

// special names what YAML may hold where the description says only that it is sent as text.
func special(name string, definition object) object {
	switch {
	case strings.HasSuffix(name, ".IntOrString"):
		return object{"type": []any{"string", "integer"}}
	case strings.HasSuffix(name, ".Quantity"):
		return object{"type": []any{"string", "number"}}
	default:
		return definition
	}
}

func read(file string, into any) {
	text, err := os.ReadFile(file)
	if err == nil {
		err = yaml.Unmarshal(text, into)
	}
	if err != nil {
		log.Fatalf("%s: %v", file, err)
	}
}

func write(out, group, kind, version string, schema object) {
	if group == "" {
		group = version // The core group has no name; kubeconform takes the version for it.
	}
	folder := filepath.Join(out, group)
	text, err := json.Marshal(schema)
	if err == nil {
		err = os.MkdirAll(folder, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, fmt.Sprintf("%s_%s.json", strings.ToLower(kind), version)), text, 0o644)
	}
	if err != nil {
		log.Fatal(err)
	}
}
