// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.objectstore;

import io.quorate.core.protocol.ObjectResult;
import org.jspecify.annotations.Nullable;

/**
 * A request took effect, or was found to have none.
 *
 * @param before what was stored under its key; null: nothing
 * @param after what is stored under its key now; null: nothing
 * @param result what its sender is told, if the answer arrives
 */
public record Execution(
    SimRequest request, byte @Nullable [] before, byte @Nullable [] after, ObjectResult result) {

  /** Whether it took effect. */
  public boolean changed() {
    return switch (result) {
      case ObjectResult.Stored stored -> true;
      case ObjectResult.Deleted deleted -> before != null;
      case ObjectResult.Found found -> false;
      case ObjectResult.Unchanged unchanged -> false;
      case ObjectResult.Absent absent -> false;
      case ObjectResult.PreconditionFailed failed -> false;
      case ObjectResult.Conflict conflict -> false;
      case ObjectResult.Throttled throttled -> false;
      case ObjectResult.Unclear unclear -> false;
      case ObjectResult.Refused refused -> false;
      case ObjectResult.Listed listed -> false;
    };
  }
}
