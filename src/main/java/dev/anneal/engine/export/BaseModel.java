package dev.anneal.engine.export;

import java.nio.file.Path;

/**
 * The base model of an export.
 *
 * @param id name that clients use
 * @param directory its Hugging Face directory
 * @param fingerprint of its configuration and weights as they are now
 */
public record BaseModel(String id, Path directory, String fingerprint) {}
