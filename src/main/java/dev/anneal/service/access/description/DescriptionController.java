package dev.anneal.service.access.description;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.json.JsonMapper;

/** Serves the API description as YAML and JSON, without a key. */
@RestController
final class DescriptionController {

    private final byte[] yaml;
    private final byte[] json;

    DescriptionController() throws IOException {
        try (InputStream resource = new ClassPathResource("openapi.yaml").getInputStream()) {
            yaml = resource.readAllBytes();
        }
        Map<String, Object> description =
                new Yaml(new SafeConstructor(new LoaderOptions())).load(new String(yaml, StandardCharsets.UTF_8));
        json = JsonMapper.shared().writeValueAsBytes(description);
    }

    @GetMapping("/openapi.json")
    ResponseEntity<byte[]> json() {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(json);
    }

    @GetMapping("/openapi.yaml")
    ResponseEntity<byte[]> yaml() {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_YAML).body(yaml);
    }
}
