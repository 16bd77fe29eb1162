import Foundation
import GodwitTensor
import GodwitTestSupport
import Testing

/// Every differentiable operation, enrolled in the conformance suite by one line for each kind of shape.
@Suite struct OperationConformanceTests {
  struct Unary: Sendable {
    let name: String
    let domain: OperationCase.Domain
    let function: @Sendable (Tensor) -> Tensor
    init(_ name: String, _ domain: OperationCase.Domain = .real, _ function: @escaping @Sendable (Tensor) -> Tensor) {
      self.name = name
      self.domain = domain
      self.function = function
    }
  }

  static let unary: [Unary] = [
    Unary("abs", .separated) { abs($0) },
    Unary("sign", .separated) { sign($0) },
    Unary("square") { square($0) },
    Unary("sqrt", .positive) { sqrt($0) },
    Unary("rsqrt", .positive) { rsqrt($0) },
    Unary("reciprocal", .positive) { reciprocal($0) },
    Unary("exp") { exp($0) },
    Unary("expm1") { expm1($0) },
    Unary("log", .positive) { log($0) },
    Unary("log1p", .positive) { log1p($0) },
    Unary("sin") { sin($0) },
    Unary("cos") { cos($0) },
    Unary("tanh") { tanh($0) },
    Unary("sigmoid") { sigmoid($0) },
    Unary("logSigmoid") { logSigmoid($0) },
    Unary("erf") { erf($0) },
    Unary("softplus") { softplus($0) },
    Unary("silu") { silu($0) },
    Unary("gelu") { gelu($0) },
    Unary("geluTanh") { geluTanh($0) },
    Unary("relu", .separated) { relu($0) },
    Unary("reluSquared", .separated) { reluSquared($0) },
    Unary("elu", .separated) { elu($0) },
    Unary("eluPlusOne", .separated) { eluPlusOne($0) },
    Unary("floor", .separated) { floor($0 * 0.37 + 0.01) },
    Unary("ceil", .separated) { ceil($0 * 0.37 + 0.01) },
    Unary("round", .separated) { round($0 * 0.37 + 0.01) },
    Unary("pow", .positive) { pow($0, 3.5) },
    Unary("pow") { pow($0, 2.0) },
    Unary("pow") { pow($0, 1.0) },
    Unary("negation") { -$0 },
    Unary("affine") { 2.5 - $0 * 3 + 1 },
    Unary("quotient", .positive) { 2 / $0 / 3 },
  ]

  static let cases: [OperationCase] = {
    var cases: [OperationCase] = []
    let shapes: [Shape] = [[], [1], [7], [0], [3, 5], [2, 3, 3]]
    for operation in unary {
      for shape in shapes {
        cases.append(OperationCase(operation.name, [shape], [operation.domain]) { operation.function($0[0]) })
      }
    }
    let pairs: [[Shape]] = [
      [[], []], [[7], [7]], [[3, 5], [5]], [[5], [3, 5]], [[3, 1], [1, 5]], [[2, 3, 5], [3, 1]], [[], [2, 3]],
      [[0, 3], [3]],
    ]
    for shapes in pairs {
      cases.append(OperationCase("+", shapes) { $0[0] + $0[1] })
      cases.append(OperationCase("-", shapes) { $0[0] - $0[1] })
      cases.append(OperationCase("*", shapes) { $0[0] * $0[1] })
      cases.append(OperationCase("/", shapes, [.real, .positive]) { $0[0] / $0[1] })
      cases.append(OperationCase("pow", shapes, [.positive, .real]) { pow($0[0], $0[1]) })
      cases.append(OperationCase("maximum", shapes, [.real]) { maximum($0[0], $0[1]) })
      cases.append(OperationCase("minimum", shapes, [.real]) { minimum($0[0], $0[1]) })
      cases.append(
        OperationCase("select", shapes) { select(greater($0[0].detached, Tensor(0, dtype: $0[0].dtype)), $0[0], $0[1]) }
      )
    }
    cases += matrixCases + shapingCases + reductionCases + rowCases
    cases += sequenceCases + squaredWeightCases + sparseCases + wideCases + gatedRecurrenceCases
    return cases
  }()

  static let matrixCases: [OperationCase] = {
    var cases: [OperationCase] = []
    cases.append(
      OperationCase("matmul", [[3, 5], [5, 7]]) { matmul($0[0], $0[1]) })
    cases.append(
      OperationCase("matmul", [[5, 3], [5, 7]]) { matmul($0[0], $0[1], transposeA: true) })
    cases.append(
      OperationCase("matmul", [[3, 5], [7, 5]]) { matmul($0[0], $0[1], transposeB: true) })
    cases.append(
      OperationCase("matmul", [[5, 3], [7, 5]]) { matmul($0[0], $0[1], transposeA: true, transposeB: true) })
    cases.append(
      OperationCase("matmul", [[1, 1], [1, 1]]) { matmul($0[0], $0[1]) })
    cases.append(
      OperationCase("matmul", [[0, 5], [5, 2]]) { matmul($0[0], $0[1]) })
    cases.append(
      OperationCase("matmul", [[3, 0], [0, 2]]) { matmul($0[0], $0[1]) })
    cases.append(
      OperationCase("matmul", [[2, 3, 5], [5, 7]]) { matmul($0[0], $0[1]) })
    cases.append(
      OperationCase("matmul", [[2, 3, 5], [7, 5]]) { matmul($0[0], $0[1], transposeB: true) })
    cases.append(
      OperationCase("matmul", [[2, 3, 5], [2, 5, 7]]) { matmul($0[0], $0[1]) })
    cases.append(
      OperationCase("matmul", [[2, 5, 3], [2, 5, 7]]) { matmul($0[0], $0[1], transposeA: true) })
    cases.append(
      OperationCase("matmul", [[3, 5], [2, 5, 7]]) { matmul($0[0], $0[1]) })
    cases.append(
      OperationCase("matmul", [[2, 1, 3, 5], [4, 5, 2]]) { matmul($0[0], $0[1]) })
    cases.append(
      OperationCase("affineMap", [[2, 3, 5], [5, 7], [7]]) { affineMap($0[0], weight: $0[1], bias: $0[2]) })
    cases.append(
      OperationCase("affineMap", [[3, 5], [5, 7]]) { affineMap($0[0], weight: $0[1], bias: nil) })
    cases.append(
      OperationCase("matmul", [[2, 3, 0], [0, 2]]) { matmul($0[0], $0[1]) })
    cases.append(
      OperationCase("matmul", [[2, 3, 0], [2, 0, 4]]) { matmul($0[0], $0[1]) })
    cases.append(
      OperationCase("matmul", [[0, 3, 5], [5, 4]]) { matmul($0[0], $0[1]) })
    cases.append(
      OperationCase("affineMap", [[2, 3, 0], [0, 7], [7]]) { affineMap($0[0], weight: $0[1], bias: $0[2]) })
    cases.append(
      OperationCase("affineMap", [[0, 5], [5, 7], [7]]) { affineMap($0[0], weight: $0[1], bias: $0[2]) })
    return cases
  }()

  static let shapingCases: [OperationCase] = {
    var cases: [OperationCase] = []
    cases.append(
      OperationCase("reshaped", [[2, 3]]) { $0[0].reshaped([3, -1]) })
    cases.append(
      OperationCase("transposed", [[2, 3, 4]]) { $0[0].transposed([2, 0, 1]) })
    cases.append(
      OperationCase("transposed", [[2, 3, 4]]) { $0[0].transposed })
    cases.append(
      OperationCase("swappingAxes", [[2, 3, 4]]) { $0[0].swappingAxes(0, -1) })
    cases.append(
      OperationCase("movingAxis", [[2, 3, 4]]) { $0[0].movingAxis(0, to: 2) })
    cases.append(
      OperationCase("broadcast", [[3, 1]]) { $0[0].broadcast(to: [2, 3, 5]) })
    cases.append(
      OperationCase("broadcast", [[]]) { $0[0].broadcast(to: [2, 3]) })
    cases.append(
      OperationCase("converted", [[3]]) { $0[0].converted(to: .float64) * 2 })
    cases.append(
      OperationCase("slice", [[5, 3]]) { $0[0].slice(1..<4, along: 0) })
    cases.append(
      OperationCase("slice", [[5, 3, 2]]) { $0[0].slice(1..<1, along: 1) })
    cases.append(
      OperationCase("slice", [[5, 3, 2]]) { $0[0].slice(1..<3, along: -2) })
    cases.append(
      OperationCase("element", [[5, 3]]) { $0[0].element(2, along: 1) })
    cases.append(
      OperationCase("subscript", [[5, 3]]) { $0[0][4] })
    cases.append(
      OperationCase("padded", [[2, 3]]) { $0[0].padded(along: 1, before: 2, after: 1) })
    cases.append(
      OperationCase("padded", [[0, 3]]) { $0[0].padded(along: 0, before: 1, after: 1) })
    cases.append(
      OperationCase("split", [[2, 7]], all: { $0[0].split([3, 0, 4], along: 1) }))
    for (shape, axis) in [([4, 3], 0), ([2, 5, 3], 1), ([2, 3, 1], -1), ([2, 0, 3], 1), ([2, 3, 0], 1)]
      as [(Shape, Int)]
    {
      cases.append(OperationCase("unstacked", [shape], all: { $0[0].unstacked(along: axis) }))
    }
    cases.append(
      OperationCase("concatenate", [[2, 3], [2, 0], [2, 4]]) { concatenate($0, along: 1) })
    cases.append(
      OperationCase("concatenate", [[2, 3], [1, 3]]) { concatenate($0) })
    cases.append(
      OperationCase("stack", [[2, 3], [2, 3]]) { stack($0, along: 1) })
    cases.append(
      OperationCase("stack", [[], []]) { stack($0) })
    cases.append(
      OperationCase("gather", [[5, 3]]) { $0[0].gather(Indices([4, 0, 4, 1], shape: [2, 2])) })
    cases.append(
      OperationCase("gather", [[2, 5, 3]]) { $0[0].gather(Indices([4, 0, 4]), along: 1) })
    cases.append(
      OperationCase("gather", [[5, 3]]) { $0[0].gather(Indices([], shape: [0])) })
    cases.append(
      OperationCase("scatterAdd", [[2, 2, 3]]) {
        scatterAdd($0[0], at: Indices([4, 0, 4, 1], shape: [2, 2]), rows: 5)
      })
    cases.append(
      OperationCase("picking", [[2, 3, 4]]) { $0[0].picking(Indices([0, 3, 1, 1, 2, 0], shape: [2, 3])) })
    cases.append(
      OperationCase("lowerTriangle", [[2, 3, 4]]) { $0[0].lowerTriangle(diagonal: 1) })
    cases.append(
      OperationCase("upperTriangle", [[3, 4]]) { $0[0].upperTriangle() })
    return cases
  }()

  static let reductionCases: [OperationCase] = {
    var cases: [OperationCase] = []
    for shape: Shape in [[], [1], [7], [3, 5], [2, 3, 5]] {
      cases.append(OperationCase("sum", [shape]) { $0[0].sum() })
      cases.append(OperationCase("mean", [shape]) { $0[0].mean() })
      cases.append(OperationCase("max", [shape], [.separated]) { $0[0].max() })
      cases.append(OperationCase("min", [shape], [.separated]) { $0[0].min() })
    }
    for axis in 0..<3 {
      let shapes: [Shape] = [[2, 3, 5]]
      cases.append(OperationCase("sum", shapes) { $0[0].sum(along: axis) })
      cases.append(OperationCase("sum", [[0, 3, 5]]) { $0[0].sum(along: axis, keepingAxis: true) })
      cases.append(OperationCase("mean", shapes) { $0[0].mean(along: axis, keepingAxis: true) })
      cases.append(OperationCase("max", shapes, [.separated]) { $0[0].max(along: axis) })
      cases.append(OperationCase("min", shapes, [.separated]) { $0[0].min(along: axis, keepingAxis: true) })
      cases.append(OperationCase("cumulativeSum", shapes) { $0[0].cumulativeSum(along: axis) })
      cases.append(
        OperationCase("cumulativeSum", shapes) { $0[0].cumulativeSum(along: axis, reverse: true, exclusive: true) })
      cases.append(OperationCase("cumulativeSum", [[3, 0, 1]]) { $0[0].cumulativeSum(along: axis, exclusive: true) })
    }
    cases.append(OperationCase("sum", [[2, 3, 5]]) { $0[0].sum(along: [0, 2]) })
    cases.append(OperationCase("mean", [[2, 3, 5]]) { $0[0].mean(along: [0, 1], keepingAxes: true) })
    cases.append(OperationCase("max", [[2, 3, 5]], [.separated]) { $0[0].max(along: [0, 2]) })
    cases.append(OperationCase("min", [[2, 3, 5]], [.separated]) { $0[0].min(along: [1, 2], keepingAxes: true) })
    cases.append(OperationCase("variance", [[2, 3, 5]]) { $0[0].variance(along: [0, 2]) })
    cases.append(OperationCase("variance", [[2, 3, 5]]) { $0[0].variance(along: 1, keepingAxis: true) })
    cases.append(OperationCase("variance", [[2, 3, 5]]) { $0[0].variance() })
    return cases
  }()

  static let rowCases: [OperationCase] = {
    var cases: [OperationCase] = []
    for shape: Shape in [[1], [7], [3, 5], [2, 3, 33], [0, 3]] {
      let n = shape[shape.rank - 1]
      let targets = Indices(
        (0..<(shape.elementCount / n)).map { Int32($0 * 2 % n) }, shape: Shape(shape.dropLast()))
      cases.append(OperationCase("softmax", [shape]) { softmax($0[0]) })
      cases.append(OperationCase("logSoftmax", [shape]) { logSoftmax($0[0]) })
      cases.append(OperationCase("logSumExp", [shape]) { logSumExp($0[0]) })
      cases.append(OperationCase("crossEntropy", [shape]) { crossEntropy($0[0], targets) })
      // A norm of one element leaves nothing of it, and of its gradient only rounding.
      if n > 1 {
        cases.append(OperationCase("rmsNorm", [shape, [n]]) { rmsNorm($0[0], scale: $0[1]) })
        cases.append(OperationCase("layerNorm", [shape, [n], [n]]) { layerNorm($0[0], scale: $0[1], shift: $0[2]) })
      }
    }
    cases.append(OperationCase("rotary", [[2, 5, 3, 4]]) { rotary($0[0], offset: 3) })
    cases.append(
      OperationCase("dropout", [[3, 5]]) {
        var generator = Philox(seed: 3)
        return dropout($0[0], rate: 0.4, using: &generator)
      })
    return cases
  }()

  @Test(arguments: cases) func conforms(operation: OperationCase) { checkOperation(operation) }

  /// No operation is left out: each public function of the folder is enrolled or said to have no derivative.
  @Test func everyOperationIsEnrolled() throws {
    let enrolled = Set(Self.cases.map { $0.name.replacingOccurrences(of: "complex ", with: "") })
    let withoutDerivative: Set = [
      "less", "lessOrEqual", "greater", "greaterOrEqual", "equal", "notEqual", "argmax", "visit",
    ]
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Sources/GodwitTensor/Operations")
    var names: Set<String> = []
    for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: /public (?:mutating )?func ([a-z]\w*)/) { names.insert(String(match.1)) }
    }
    #expect(names.count > 60)
    #expect(names.subtracting(enrolled).subtracting(withoutDerivative).isEmpty)
  }

  /// The suite finds a wrong rule of each kind.
  @Test func theSuiteFindsWrongDerivatives() {
    let halved: @Sendable (Tensor) -> Tensor = { x in x.detached * 0.5 + x * 0.5 }
    #expect(!findings(of: OperationCase("half of a derivative", [[3]]) { square(halved($0[0])) }).isEmpty)
    let rounded: @Sendable (Tensor) -> Tensor = { x in x.dtype == .float32 ? x * 1.0001 : x }
    #expect(!findings(of: OperationCase("a float32 kernel of another function", [[3]]) { rounded($0[0]) }).isEmpty)
    #expect(findings(of: OperationCase("a right one", [[3]]) { square($0[0]) }).isEmpty)
  }

  /// What only the fused kernels of float32 do, and only in some modes.
  @Test func theSuiteFindsWrongKernels() {
    func planted(
      _ reference: @escaping @Sendable ([Tensor]) -> [Tensor] = { [$0[0] * $0[1], $0[0] + $0[1]] },
      pullback: @escaping @Sendable (_ x: [Tensor], _ dy: [Tensor], _ given: [Bool], _ needed: [Bool]) -> [Tensor]
    ) -> [String] {
      findings(
        of: OperationCase(
          "planted", [[3], [3]],
          all: { x in
            fused("planted", x) { x in
              FusedResult([x[0] * x[1], x[0] + x[1]]) { dy, needed in
                pullback(x, dy.map { $0 ?? Tensor(zeros: [3]) }, dy.map { $0 != nil }, needed)
              }
            } reference: {
              reference($0)
            }
          }))
    }
    let right: @Sendable ([Tensor], [Tensor]) -> [Tensor] = { x, dy in [dy[0] * x[1] + dy[1], dy[0] * x[0] + dy[1]] }
    #expect(planted { x, dy, _, _ in right(x, dy) } == [])
    let lacksOperand = planted { x, dy, _, needed in right(x, needed == [true, true] ? dy : [dy[0], dy[0]]) }
    #expect(lacksOperand.contains { $0.hasPrefix("gradient 1 in float32, the other operands being constants") })
    let lacksResult = planted { x, dy, given, _ in right(x, given[1] ? dy : [dy[0], dy[0]]) }
    #expect(lacksResult.contains { $0.hasPrefix("gradient 0 of result 0 alone in float32") })
    let hasOtherReference = planted { x in
      [x[0] * x[1] * (x[0].dtype == .float32 ? 1.0001 : 1), x[0] + x[1]]
    } pullback: { x, dy, _, _ in
      right(x, dy)
    }
    for mode in ["J v of result 0 in float32", "H v in float32", "H w in float32"] {
      #expect(hasOtherReference.contains { $0.hasPrefix(mode) }, "\(mode)")
    }
  }
}
