// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node.plugin;

import com.google.inject.Module;
import io.quorate.node.config.ConfigSection;
import io.quorate.node.config.TlsSettings;
import org.jspecify.annotations.Nullable;

/** A transport on the class path; found with {@link java.util.ServiceLoader}. */
public interface TransportPlugin {

  /** Name in {@code quorate.transport}, and of the section with its settings. */
  String name();

  /**
   * Reads the settings, as {@link BackendPlugin#configure} does, and returns a module that binds
   * {@link Network}, explicitly; nothing is opened in it.
   *
   * @param tls null: plain connections
   */
  Module configure(ConfigSection section, @Nullable TlsSettings tls);
}
