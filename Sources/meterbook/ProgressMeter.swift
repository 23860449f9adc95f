import Application
import Foundation
import Synchronization

/// Decides when a line of progress is due, and what it says.
final class ProgressMeter: Sendable {
  private struct State {
    var activity = ""
    var began = Date()
    var shown = Date.distantPast
    var hasShown = false
  }

  private let state = Mutex(State())

  /// Whether any line was due yet.
  var hasShown: Bool { state.withLock { $0.hasShown } }

  /// The line for `progress`, or `nil` if none is due: never in an activity's first two seconds,
  /// then at most one in `interval` seconds.
  func line(for progress: WorkProgress, every interval: TimeInterval) -> String? {
    state.withLock { state in
      let now = Date()
      if state.activity != progress.activity {
        state.activity = progress.activity
        state.began = now
      }
      let elapsed = now.timeIntervalSince(state.began)
      guard elapsed >= 2, now.timeIntervalSince(state.shown) >= interval else { return nil }
      state.shown = now
      state.hasShown = true
      let rate = Double(progress.done) / elapsed
      var line = "\(progress.activity): \(progress.done) \(progress.unit)"
      if let total = progress.total, total > 0 {
        line += " of \(total), \(100 * progress.done / total) %"
        if rate > 0 { line += ", \(Int(Double(total - progress.done) / rate) + 1) s left" }
      } else {
        line += ", \(Int(rate)) a second"
      }
      return line
    }
  }
}
