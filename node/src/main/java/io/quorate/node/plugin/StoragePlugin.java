// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node.plugin;

import com.google.inject.Module;
import io.quorate.node.config.ConfigSection;

/** A storage engine on the class path; found with {@link java.util.ServiceLoader}. */
public interface StoragePlugin {

  /** Name in {@code quorate.storage}, and of the section with its settings. */
  String name();

  /**
   * Reads the settings, as {@link BackendPlugin#configure} does, and returns a module that binds
   * {@link StorageEngine}, explicitly; nothing is opened in it.
   */
  Module configure(ConfigSection section);
}
