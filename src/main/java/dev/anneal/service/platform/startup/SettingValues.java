package dev.anneal.service.platform.startup;

import dev.anneal.service.platform.role.Role;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.bind.validation.ValidationBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.origin.Origin;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;
import org.springframework.validation.Validator;
import org.springframework.validation.beanvalidation.LocalValidatorFactoryBean;

/**
 * Binds every record of settings as Spring does later, and reports for a failure what was given, where, and what is
 * allowed.
 */
final class SettingValues {

    private static final Map<Class<?>, String> ALLOWED = Map.of(
            Duration.class, "a duration such as 30s, 5m or 7d",
            DataSize.class, "a size such as 512MB",
            Integer.class, "a whole number",
            Long.class, "a whole number",
            Double.class, "a number",
            Boolean.class, "true or false",
            URI.class, "an address such as http://host:8080");

    /** Settings whose values must not appear in a log. */
    private static final Pattern SECRETS = Pattern.compile("(?i).*(key|keys|token|secret|password)(\\[\\d*])?");

    private final KnownSettings known;
    private final Environment environment;
    private final Binder binder;

    SettingValues(KnownSettings known, Environment environment) {
        this.known = known;
        this.environment = environment;
        this.binder = Binder.get(environment);
    }

    /**
     * @throws StartRefusedException for the first record that cannot be bound
     */
    void check() {
        bound(() -> Role.in(environment));
        try (LocalValidatorFactoryBean validator = new LocalValidatorFactoryBean()) {
            validator.afterPropertiesSet();
            for (KnownSettings.Group group : known.groups()) {
                bind(group, validator);
            }
        }
    }

    private void bind(KnownSettings.Group group, Validator validator) {
        Bindable<?> record = Bindable.of(group.type());
        Object values = bound(() -> binder.bindOrCreate(group.prefix(), record, new ValidationBindHandler(validator)));
        SettingBounds.faultIn(group.prefix(), values).ifPresent(fault -> {
            throw refusal(given(fault.setting()) + ", but " + fault.rule());
        });
    }

    private <T> T bound(Supplier<T> binding) {
        try {
            return binding.get();
        } catch (BindException e) {
            throw refusal(description(e));
        }
    }

    private static StartRefusedException refusal(String description) {
        return new StartRefusedException(
                description, "Change the setting, and start again. docs/settings.md says what each may be.");
    }

    private String description(BindException failure) {
        if (failure.getCause() instanceof BindValidationException invalid) {
            return invalid.getValidationErrors().getAllErrors().stream()
                    .map(error -> description(
                            String.valueOf(invalid.getValidationErrors().getName()), error))
                    .collect(Collectors.joining("\n"));
        }
        @Nullable ConfigurationProperty property = failure.getProperty();
        return property == null
                ? sentence(String.valueOf(
                        NestedExceptionUtils.getMostSpecificCause(failure).getMessage()))
                : given(property.getName().toString()) + ", but must be " + allowed(failure);
    }

    /** The message of a condition on several settings names them itself. */
    private String description(String prefix, ObjectError error) {
        String message = String.valueOf(error.getDefaultMessage());
        if (!(error instanceof FieldError field) || message.startsWith("anneal.")) {
            return sentence(message);
        }
        return given(prefix + "." + DataObjectPropertyName.toDashedForm(field.getField())) + ", but " + message;
    }

    /** Adds to the message where the settings that it names were given. */
    private String sentence(String message) {
        String said = known.names().stream()
                .filter(name -> Pattern.compile("(?<![\\w.-])" + Pattern.quote(name) + "(?![\\w-])")
                        .matcher(message)
                        .find())
                .filter(name -> find(name) != null && !isSecret(name))
                .map(this::given)
                .collect(Collectors.joining("; "));
        return said.isEmpty() ? message : message + "\n\n    " + said;
    }

    private static boolean isSecret(String name) {
        return SECRETS.matcher(name).matches();
    }

    private String given(String name) {
        @Nullable ConfigurationProperty property = find(name);
        if (property == null) {
            return name + " is not set";
        }
        @Nullable Origin origin = property.getOrigin();
        return name + " is " + (isSecret(name) ? "not shown" : "'" + property.getValue() + "'")
                + (origin == null ? "" : " (" + SettingOrigins.of(origin) + ")");
    }

    private @Nullable ConfigurationProperty find(String name) {
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            @Nullable
            ConfigurationProperty property =
                    source.getConfigurationProperty(ConfigurationPropertyName.of(name.replace("[]", "[0]")));
            if (property != null) {
                return property;
            }
        }
        return null;
    }

    private static String allowed(BindException failure) {
        Class<?> wanted = Object.class;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConversionFailedException conversion) {
                wanted = conversion.getTargetType().getObjectType();
            }
        }
        if (wanted.isEnum()) {
            return "one of "
                    + Arrays.stream(wanted.getEnumConstants())
                            .map(each ->
                                    each.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
                            .collect(Collectors.joining(", "));
        }
        return Objects.requireNonNullElse(
                ALLOWED.get(wanted),
                "something else: "
                        + NestedExceptionUtils.getMostSpecificCause(failure).getMessage());
    }
}
