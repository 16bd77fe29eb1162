import Foundation
import GodwitModels

/// Models to be trained on one problem of memory, and at which lengths they are tested.
struct RecallStudy {
  let problem: RecallProblem
  /// In rising order.
  let testLengths: [Int]
  /// What holds the runs and the results.
  let folder: String
  private(set) var trials: [RecallTrial] = []

  init(problem: RecallProblem, testLengths: [Int], folder: String) {
    (self.problem, self.testLengths, self.folder) = (problem, testLengths, folder)
  }

  /// Adds a training, once.
  mutating func add(_ trial: RecallTrial) {
    if !trials.contains(where: { $0.name == trial.name }) { trials.append(trial) }
  }

  /// The trainings whose models differ by their learning rates alone, the first of each in the order in which they were added.
  var contests: [[RecallTrial]] {
    var names: [String] = []
    for trial in trials where !names.contains(trial.modelName) { names.append(trial.modelName) }
    return names.map { name in trials.filter { $0.modelName == name } }
  }

  /// The folder of a run.
  func folder(of trial: RecallTrial) -> String { folder + "/" + trial.name }
  /// What was found, an object in each line.
  var resultsFile: String { folder + "/results.jsonl" }
  /// The picture.
  var chartFile: String { folder + "/accuracy.svg" }

  /// Refuses a folder in which somebody's files have the names of the results: they would be lost.
  func checkFiles() throws {
    for (path, beginning) in [(resultsFile, #"{"task":"#), (chartFile, "<svg")] {
      let old = try FileHandle(forReadingAtPath: path)?.read(upToCount: beginning.utf8.count) ?? Data()
      if !old.isEmpty, old != Data(beginning.utf8) {
        throw CommandFailure(
          "\(path): the file is there and is no result of this command, so it is left as it is; give another folder with "
            + "--out")
      }
    }
  }
}

/// One training: a model and how it learns.
struct RecallTrial {
  let task: TokenRecall
  /// All of them decided.
  let options: RecallTrainingOptions

  var mixer: String { task.model.mixer }
  var width: Int { task.model.width }
  var learningRate: Double { options.training.learningRate }

  /// What tells models of a study apart.
  var modelName: String { "\(mixer)-\(width)" }

  /// The name of its folder. A mixer's name may be longer than a file's.
  var name: String {
    let letters = mixer.map { $0.isLetter || $0.isNumber || "_-=.:,".contains($0) ? $0 : "-" }
    return "\(String(letters.prefix(60)))-\(width)-\(learningRate)"
  }
}

/// What a model has solved.
struct RecallResult {
  let trial: RecallTrial
  /// The folder of its run.
  let run: String
  let parameters: Int
  let trainSeconds: Double
  /// The best part of the answers that was right on held-out sequences during training.
  let validationAccuracy: Double
  /// The course of that, against the steps.
  let course: [SIMD2<Double>]
  /// The scores at the lengths of the test; none where another learning rate was better.
  var scores: [(length: Int, score: RecallScore)] = []

  /// What `--json` prints and `results.jsonl` keeps, for each length.
  var lines: [JSONLine] {
    let (problem, training) = (trial.task.data, trial.options.training)
    return scores.map { length, score in
      [
        "task": .text(problem.kind.rawValue), "mixer": .text(trial.mixer), "width": .integer(trial.width),
        "depth": .integer(trial.task.model.depth), "heads": .integer(trial.task.model.heads),
        "parameters": .integer(parameters), "length": .integer(length), "accuracy": .number(score.accuracy),
        "sequenceAccuracy": .number(score.sequenceAccuracy), "baselineAccuracy": .number(problem.baselineAccuracy),
        "sequences": .integer(score.sequences), "trainLength": .integer(problem.length),
        "items": .integer(problem.items), "vocabulary": .integer(problem.vocabulary),
        "steps": .integer(training.steps ?? 0), "batch": .integer(training.batch),
        "learningRate": .number(training.learningRate),
        "seed": Int(exactly: training.seed).map(JSONValue.integer) ?? .text("\(training.seed)"),
        "trainSeconds": .number(trainSeconds), "run": .text(run),
      ]
    }
  }
}
