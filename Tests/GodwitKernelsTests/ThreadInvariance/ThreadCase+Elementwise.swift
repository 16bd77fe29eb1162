@testable import GodwitKernels

extension ThreadCase {
  static let elementwiseKernels: [ThreadCase] = {
    var cases: [ThreadCase] = []
    let count = 100_003
    for dtype in DType.allCases {
      cases += [
        ThreadCase("elementwise", "gelu", dtype, reads: [count], writes: [count]) {
          elementwise(.gelu, dtype, count: count, $0[0], $1[0], on: $2)
        },
        ThreadCase("elementwiseGradient", "gelu", dtype, reads: [count, count], writes: [count]) {
          elementwiseGradient(.gelu, dtype, count: count, $0[0], $0[1], $1[0], on: $2)
        },
        ThreadCase("elementwise", "divide", dtype, reads: [count, count], from: [0.25...2], writes: [count]) {
          elementwise(.divide, dtype, count: count, $0[0], $0[1], $1[0], on: $2)
        },
        ThreadCase("affine", "", dtype, reads: [count], writes: [count]) {
          affine(dtype, count: count, scale: 1.7, offset: 0.3, $0[0], $1[0], on: $2)
        },
        ThreadCase("scaleAdd", "", dtype, reads: [count, count], writes: [count]) {
          $1[0].copyMemory(from: $0[1], byteCount: count * dtype.byteCount)
          scaleAdd(dtype, count: count, scale: 1.7, $0[0], $1[0], on: $2)
        },
        ThreadCase("fill", "", dtype, writes: [count]) { fill(dtype, count: count, $1[0], 0.7, on: $2) },
        ThreadCase("convert", "to its own type", dtype, reads: [count], writes: [count]) {
          convert(from: dtype, to: dtype, count: count, $0[0], $1[0], on: $2)
        },
      ]
    }
    cases += [
      // Elements of the wider type take the room of two.
      ThreadCase("convert", "to float64", reads: [count], writes: [2 * count]) {
        convert(from: .float32, to: .float64, count: count, $0[0], $1[0], on: $2)
      },
      ThreadCase("convert", "to float32", .float64, reads: [2 * count], writes: [count]) {
        convert(from: .float64, to: .float32, count: 2 * count, $0[0], $1[0], on: $2)
      },
      ThreadCase(
        "adamW", reads: [count, count, count, count], from: [-1...1, -1...1, -1...1, 0...1],
        writes: [count, count, count]
      ) {
        for (place, target) in $1.enumerated() { target.copyMemory(from: $0[place + 1], byteCount: 4 * count) }
        adamW(
          count: count, parameters: $1[0].floats, gradient: $0[0].floats, first: $1[1].floats, second: $1[2].floats,
          learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0.003, correction1: 0.5, correction2: 0.1,
          gradientScale: 0.3, on: $2)
      },
    ]
    // Cut along the outermost axes, along rows, within a row; and rows of one element.
    for (shape, strides) in [
      ([300, 1000], [0, 1]), ([300, 1000], [1, 0]), ([3, 100_000], [0, 1]), ([30, 10, 1000], [1000, 0, 1]),
      ([300, 1000], [1, 300]),
    ] {
      let (count, dense) = (300_000, NaiveStrides(shape).dense)
      cases += [
        ThreadCase("elementwise", "add \(shape) by \(strides)", reads: [count, count], writes: [count]) {
          elementwise(.add, .float32, shape: shape, $0[0], aStrides: dense, $0[1], bStrides: strides, $1[0], on: $2)
        },
        ThreadCase("select", "\(shape) by \(strides)", reads: [count, count, count], writes: [count]) { x, y, isa in
          var mask = [Float](repeating: 0, count: count)
          for index in 0..<count where x[0].floats[index] > 0 { mask[index] = 1 }
          select(
            .float32, shape: shape, mask: mask, maskStrides: strides, x[1], aStrides: dense, x[2], bStrides: strides,
            y[0], on: isa)
        },
      ]
    }
    return cases
  }()

  static let movingKernels: [ThreadCase] = {
    var cases: [ThreadCase] = []
    for dtype in DType.allCases {
      // Whole runs, transposed with long rows and with many outer axes, every other element.
      for (shape, strides) in [
        ([2, 50, 40, 70], [140_000, 70, 3500, 1]), ([300, 401], [1, 300]), ([9, 100, 101], [10_100, 1, 100]),
        ([400, 300], [600, 2]),
      ] {
        let count = shape.reduce(1, *)
        cases.append(
          ThreadCase("copyStrided", "\(shape) by \(strides)", dtype, reads: [2 * count], writes: [count]) {
            copyStrided(
              dtype, shape: shape, $0[0], xStrides: strides, $1[0], yStrides: NaiveStrides(shape).dense, on: $2)
          })
      }
      for (count, width, rows) in [(70_000, 1, 50), (2000, 64, 7), (700, 200, 90)] {
        let places = (0..<count).map { Int32($0 * $0 % 101 % rows) }
        cases += [
          ThreadCase("gatherRows", "\(count) of \(width)", dtype, reads: [rows * width], writes: [count * width]) {
            gatherRows(dtype, count: count, width: width, table: $0[0], indices: places, $1[0], on: $2)
          },
          ThreadCase(
            "scatterAddRows", "\(count) of \(width)", dtype, reads: [count * width, rows * width],
            writes: [rows * width]
          ) {
            $1[0].copyMemory(from: $0[1], byteCount: rows * width * dtype.byteCount)
            scatterAddRows(dtype, count: count, width: width, $0[0], indices: places, rows: rows, table: $1[0], on: $2)
          },
        ]
      }
    }
    return cases
  }()
}
