package dev.anneal.service.platform.startup;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Checks all {@code anneal.*} settings before anything else, in every role: an unknown setting or an invalid value
 * stops the start.
 */
final class SettingsCheck implements EnvironmentPostProcessor, Ordered {

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        KnownSettings known = KnownSettings.load();
        new UnknownSettings(known).refuse(environment);
        new SettingValues(known, environment).check();
    }

    /** After configuration files are read. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
