/// The number of steps of a run, as it was planned first and then again, and how far each step is along the schedule.
///
/// A schedule is one of the steps that were planned first. Where the number changes, the rest of the schedule is stretched
/// or compressed to the steps that are left: the learning rate does not jump, and ends at its floor.
struct StepCourse: Sendable, Hashable {
  /// The number of steps that was planned first.
  let first: Int
  /// What was planned after that, in order.
  var changes: [PlanRecord] = []

  /// The number of steps of the whole run, as far as is known.
  var total: Int { changes.last?.steps ?? first }

  /// Where a step, counted from 0, is among those that were planned first.
  func position(of step: Int) -> Double {
    var (start, place, end) = (0.0, 0.0, Double(first))
    for change in changes where change.step <= step {
      let moved = Double(change.step)
      place += (Double(first) - place) * (moved - start) / (end - start)
      (start, end) = (moved, Double(change.steps))
    }
    return start == 0 && place == 0 && end == Double(first)
      ? Double(step) : place + (Double(first) - place) * (Double(step) - start) / (end - start)
  }

  /// Whether a run can have been planned so: each change leaves a step to make.
  var isPossible: Bool {
    var (last, end) = (0, first)
    for change in changes {
      guard change.step >= last, change.step < end, change.steps > change.step, change.steps <= 1_000_000_000_000 else {
        return false
      }
      (last, end) = (change.step, change.steps)
    }
    return true
  }
}
