// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node.plugin;

import com.google.inject.Module;
import io.quorate.node.config.ConfigSection;

/** A consensus protocol on the class path; found with {@link java.util.ServiceLoader}. */
public interface BackendPlugin {

  /** Name in {@code quorate.backend}, and of the section with its settings. */
  String name();

  /**
   * Reads the settings and returns a module that binds {@link io.quorate.core.port.Backend},
   * explicitly, {@link ObjectStorage} if the backend needs one, and {@link SharedLog} if it can be
   * inspected there; nothing is started in it.
   *
   * @param section {@code quorate.<name>}, empty if the file has none. Wrong values are noted there
   *     and answered with the default, so that all errors are found in one go; settings on which
   *     all members must agree are read through {@link ConfigSection#clusterWide()}
   * @throws IllegalArgumentException in one sentence that names the key: settings that do not go
   *     together (as records throw in their compact constructors)
   */
  Module configure(ConfigSection section);
}
