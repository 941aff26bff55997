// Podsof reads a list of workloads and writes a list of the pods that their templates describe.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
)

type object = map[string]any

func main() {
	var workloads struct{ Items []object }
	if err := json.NewDecoder(os.Stdin).Decode(&workloads); err != nil {
		log.Fatal(err)
	}
	pods := []object{}
	for _, workload := range workloads.Items {
		spec := workload["spec"].(object)
		if job, isScaledJob := spec["jobTargetRef"].(object); isScaledJob {
			spec = job
		}
		template := spec["template"].(object)
		metadata := template["metadata"].(object)
		metadata["name"] = fmt.Sprintf("%v-pod", workload["metadata"].(object)["name"])
		podSpec := template["spec"].(object)
		volumes, _ := podSpec["volumes"].([]any)
		claims, _ := spec["volumeClaimTemplates"].([]any)
		for _, claim := range claims {
			name := claim.(object)["metadata"].(object)["name"]
			volumes = append(volumes, object{"name": name, "emptyDir": object{}})
		}
		podSpec["volumes"] = volumes
		// Classes of the cluster, which is empty.
		delete(podSpec, "priorityClassName")
		delete(podSpec, "runtimeClassName")
		pods = append(pods, object{"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": podSpec})
	}
	if err := json.NewEncoder(os.Stdout).Encode(object{"apiVersion": "v1", "kind": "List", "items": pods}); err != nil {
		log.Fatal(err)
	}
}
