package dev.anneal.service.access.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.springframework.boot.jackson.autoconfigure.JsonFactoryBuilderCustomizer;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.module.SimpleModule;

/**
 * JSON as in OpenAI's API: snake_case, nulls included, times in seconds since 1970, and no NaN, which JSON does not
 * allow. Request bodies are read as trees, which {@code service.platform.request} checks.
 */
@Configuration(proxyBeanMethods = false)
class JsonConfiguration {

    /** Deeper than any request of the API; deep nesting only serves to exhaust a parser's stack. */
    private static final int MAX_NESTING_DEPTH = 64;

    @Bean
    JsonFactoryBuilderCustomizer readLimits() {
        return factory -> factory.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_NESTING_DEPTH)
                        .build());
    }

    @Bean
    JsonMapperBuilderCustomizer wireFormat() {
        return mapper -> mapper.propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .changeDefaultPropertyInclusion(included -> included.withValueInclusion(JsonInclude.Include.ALWAYS))
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .addModule(new SimpleModule("wire-format")
                        .addSerializer(Instant.class, new SecondsSerializer())
                        .addSerializer(double.class, new FiniteNumberSerializer())
                        .addSerializer(Double.class, new FiniteNumberSerializer()));
    }

    /** Writes times in whole seconds since 1970. */
    private static final class SecondsSerializer extends ValueSerializer<Instant> {

        @Override
        public void serialize(Instant value, JsonGenerator generator, SerializationContext context) {
            generator.writeNumber(value.getEpochSecond());
        }
    }

    /** Writes NaN and infinities as null. */
    private static final class FiniteNumberSerializer extends ValueSerializer<Double> {

        @Override
        public void serialize(Double value, JsonGenerator generator, SerializationContext context) {
            if (Double.isFinite(value)) {
                generator.writeNumber(value);
            } else {
                generator.writeNull();
            }
        }
    }
}
