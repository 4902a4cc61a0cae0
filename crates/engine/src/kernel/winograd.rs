//! The 3x3 convolution with stride 1 by Winograd's minimal filtering, F(4x4, 3x3): a tile of 4x4 results
//! from 6x6 inputs by 36 multiplications a channel pair instead of 144 (Lavin and Gray 2015,
//! arXiv:1509.09308).
//!
//! Tiles of inputs are transformed by B, the 36 positions are each a product of (tiles x inputs) by
//! (inputs x outputs) that the dense tile computes, and the products are transformed back by A. The work goes
//! in chunks of tiles that stay in the second-level cache. It is faster than the direct kernel from sixteen
//! channels on both sides, where the products cost more than the transforms: `docs/performance.md`. The relative
//! error is a few 1e-6, since the transforms multiply by up to 8.

use std::cell::Cell;

use super::dense::{self, ChunkJob, DenseKernel, DenseSpec, Placement, Tap};
use super::finish::{Action, Add, Finish, PixelOut, Then, finish_tile};
use super::{Isa, Kernel, Lanes};
use crate::bands::{band_rows, for_each_band, rows_of_pictures};
use crate::map::{Buffer, Map, MapMut};
use crate::shape::{LANES, Shape};

/// Side of a tile of results.
const OUT: usize = 4;
/// Side of a tile of inputs.
const IN: usize = 6;
/// Positions of a transformed tile.
const POSITIONS: usize = IN * IN;
/// Vectors of the widest group of outputs.
const GROUP: usize = dense::MAX_VECTORS;
/// Tiles of a chunk are a multiple of this, as for the dense tile.
const UNIT: usize = dense::CHUNK_UNIT;
/// The maximum number of values of a chunk's transformed inputs, if it has more tiles than one unit.
const CHUNK_VALUES: usize = 128 * 1024;

/// The filter's transform G.
const G: [[f64; 3]; IN] = [
    [1.0 / 4.0, 0.0, 0.0],
    [-1.0 / 6.0, -1.0 / 6.0, -1.0 / 6.0],
    [-1.0 / 6.0, 1.0 / 6.0, -1.0 / 6.0],
    [1.0 / 24.0, 1.0 / 12.0, 1.0 / 6.0],
    [1.0 / 24.0, -1.0 / 12.0, 1.0 / 6.0],
    [0.0, 0.0, 1.0],
];

/// A 3x3 convolution with its filters transformed.
#[derive(Debug)]
pub(crate) struct WinogradKernel {
    /// One product of inputs by outputs for every position.
    products: Vec<DenseKernel>,
    /// The input row and column of the first tap, relative to the result.
    offset: [isize; 2],
    inputs: usize,
    bias: Buffer,
}

impl WinogradKernel {
    /// Transforms and packs the weights; `weight(output, input, row, column)`.
    pub fn pack(
        [inputs, outputs]: [usize; 2],
        offset: [isize; 2],
        bias: Option<&[f32]>,
        weight: impl Fn(usize, usize, usize, usize) -> f32,
    ) -> Self {
        let product = |_| {
            DenseKernel::zeros(DenseSpec {
                inputs,
                outputs,
                groups: 1,
                taps: vec![Tap { dy: 0, dx: 0 }],
                step: [1; 2],
                placement: Placement::WHOLE,
                bias: None,
                outside: None,
                narrow: false,
            })
        };
        let mut products: Vec<DenseKernel> = (0..POSITIONS).map(product).collect();
        // The transforms give the same values on every instruction set.
        Isa::detect().run(|| {
            let mut transformed = [[0.0; LANES]; POSITIONS];
            for vector in 0..outputs.div_ceil(LANES) {
                let own = vector * LANES..((vector + 1) * LANES).min(outputs);
                let mut taps = [[[0.0; LANES]; 3]; 3];
                for input in 0..inputs {
                    for (lane, output) in own.clone().enumerate() {
                        for (y, row) in taps.iter_mut().enumerate() {
                            for (x, tap) in row.iter_mut().enumerate() {
                                tap[lane] = f64::from(weight(output, input, y, x));
                            }
                        }
                    }
                    transform_filters(&taps, &mut transformed);
                    for (product, values) in products.iter_mut().zip(&transformed) {
                        product.vector_mut(vector, input).copy_from_slice(values);
                    }
                }
            }
        });
        let mut padded = Buffer::zeroed(outputs.next_multiple_of(LANES));
        if let Some(bias) = bias {
            padded.as_mut_slice()[..outputs].copy_from_slice(bias);
        }
        Self { products, offset, inputs, bias: padded }
    }

    /// Rows of a band: whole rows of tiles of one picture, or whole pictures of several, enough for a chunk.
    fn band_rows(&self, map: Shape, pictures: usize) -> usize {
        if pictures == 1 {
            return band_rows(map.height, OUT);
        }
        let tiles = map.height.div_ceil(OUT) * map.width.div_ceil(OUT);
        let band = band_rows(pictures, 1).max(self.chunk_tiles() / tiles).max(1);
        band * map.height
    }

    /// Tiles of a chunk.
    fn chunk_tiles(&self) -> usize {
        let fitting = CHUNK_VALUES / (POSITIONS * self.inputs.next_multiple_of(LANES));
        (fitting / UNIT * UNIT).clamp(UNIT, 4 * UNIT)
    }
}

/// G g Gᵀ in f64 of the filters of a vector of outputs.
#[inline(always)]
fn transform_filters(taps: &[[[f64; LANES]; 3]; 3], transformed: &mut [[f32; LANES]; POSITIONS]) {
    for (i, row) in G.iter().enumerate() {
        let mut columns = [[0.0; LANES]; 3];
        for (x, column) in columns.iter_mut().enumerate() {
            for (lane, value) in column.iter_mut().enumerate() {
                *value = row[0] * taps[0][x][lane] + row[1] * taps[1][x][lane] + row[2] * taps[2][x][lane];
            }
        }
        for (j, row) in G.iter().enumerate() {
            for (lane, value) in transformed[i * IN + j].iter_mut().enumerate() {
                let value_in_f64 = row[0] * columns[0][lane] + row[1] * columns[1][lane] + row[2] * columns[2][lane];
                *value = value_in_f64 as f32;
            }
        }
    }
}

/// Runs `kernel` over `input` into `out`, both of `pictures` pictures one below the other.
pub(crate) fn run(
    isa: Isa,
    kernel: &WinogradKernel,
    pictures: usize,
    input: Map<'_>,
    mut out: MapMut<'_>,
    add: Add<'_>,
    then: Then<'_>,
) {
    let (shape, stride) = (out.shape(), out.stride());
    let (finish, record) = Finish::new(add, then, shape);
    assert_eq!(kernel.inputs, input.shape().channels, "input channels");
    assert!(input.stride() >= input.shape().vectors() * LANES, "the input is padded to vectors");
    assert!(kernel.bias.as_slice().len() == shape.vectors() * LANES && stride >= shape.vectors() * LANES);
    let heights = [input.shape(), shape].map(|shape| shape.height / pictures);
    assert_eq!(heights.map(|height| height * pictures), [input.shape().height, shape.height], "whole pictures");
    let band = kernel.band_rows(Shape { height: heights[1], ..shape }, pictures);
    for_each_band(out.data_mut(), shape.width * stride, record, band, |first_row, out, mut record| {
        let pixels = ((first_row + band).min(shape.height) - first_row) * shape.width;
        assert!(out.len() >= (pixels - 1) * stride + shape.vectors() * LANES, "the band does not hold its rows");
        assert!(
            record.as_ref().is_none_or(|words| words.len() >= finish.record_len(pixels, shape)),
            "a word of bits for each vector"
        );
        let job = BandJob {
            kernel,
            input,
            heights,
            shape,
            first_row,
            out: out.as_mut_ptr(),
            stride,
            finish,
            record: record.as_deref_mut().map_or(std::ptr::null_mut(), <[u16]>::as_mut_ptr),
        };
        let rows = first_row..(first_row + band).min(shape.height);
        let tile_rows = rows_of_pictures(&rows, heights[1])
            .flat_map(|(picture, rows)| rows.step_by(OUT).map(move |y| (picture, y)));
        let tiles = tile_rows.flat_map(|(picture, y)| (0..shape.width).step_by(OUT).map(move |x| (picture, y, x)));
        let mut scratch = SCRATCH.take();
        scratch.fit(kernel);
        scratch.tiles.clear();
        for tile in tiles {
            scratch.tiles.push(tile);
            if scratch.tiles.len() == kernel.chunk_tiles() {
                job.run(isa, &mut scratch);
            }
        }
        job.run(isa, &mut scratch);
        SCRATCH.set(scratch);
    });
}

/// Memory that a thread keeps from chunk to chunk.
#[derive(Default)]
struct Scratch {
    /// Picture, first row and column of every tile of the chunk.
    tiles: Vec<(usize, usize, usize)>,
    /// Transformed inputs: positions, tiles, channels.
    inputs: Buffer,
    /// Products of one group of outputs: positions, tiles, channels of the group.
    products: Buffer,
    pointers: Vec<*const f32>,
    pixels: Vec<PixelOut>,
}

thread_local! {
    static SCRATCH: Cell<Scratch> = Cell::default();
}

impl Scratch {
    fn fit(&mut self, kernel: &WinogradKernel) {
        let tiles = POSITIONS * kernel.chunk_tiles();
        for (buffer, channels) in
            [(&mut self.inputs, kernel.inputs.next_multiple_of(LANES)), (&mut self.products, GROUP * LANES)]
        {
            buffer.fit(tiles * channels);
        }
    }
}

/// One band of output rows. [`run`] checks that the input is padded, and that `out` and `record` hold the band's rows.
struct BandJob<'a> {
    kernel: &'a WinogradKernel,
    input: Map<'a>,
    /// The rows of one picture's input and output.
    heights: [usize; 2],
    /// The whole output's shape.
    shape: Shape,
    first_row: usize,
    /// The band.
    out: *mut f32,
    stride: usize,
    finish: Finish<'a>,
    record: *mut u16,
}

impl BandJob<'_> {
    /// Computes the tiles of the chunk and forgets them.
    fn run(&self, isa: Isa, scratch: &mut Scratch) {
        if !scratch.tiles.is_empty() {
            isa.run(Chunk { job: self, scratch });
        }
        scratch.tiles.clear();
    }
}

/// The tiles of a chunk.
struct Chunk<'a, 'b> {
    job: &'a BandJob<'b>,
    scratch: &'a mut Scratch,
}

impl Kernel for Chunk<'_, '_> {
    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) {
        let Self { job, scratch } = self;
        let capacity = job.kernel.chunk_tiles();
        let channels = job.kernel.inputs.next_multiple_of(LANES);
        let groups = job.kernel.products[0].groups();
        assert!(scratch.tiles.len() <= capacity && groups.iter().all(|group| group.vectors <= GROUP));
        assert!(scratch.inputs.as_slice().len() >= POSITIONS * capacity * channels);
        assert!(scratch.products.as_slice().len() >= POSITIONS * capacity * GROUP * LANES);
        // SAFETY: `run` has checked the band, and the scratch buffers hold the chunk.
        unsafe {
            for tile in 0..scratch.tiles.len() {
                transform_input(lanes, job, scratch.tiles[tile], tile, capacity, scratch.inputs.as_mut_slice());
            }
            for group in 0..groups.len() {
                multiply(lanes, job.kernel, group, capacity, scratch);
                for tile in 0..scratch.tiles.len() {
                    transform_output(lanes, job, group, tile, capacity, scratch);
                }
            }
        }
    }
}

/// Bᵀ d B of one tile, all channels; `d` is zero outside the map.
#[inline(always)]
unsafe fn transform_input<L: Lanes>(
    lanes: L,
    job: &BandJob<'_>,
    (picture, row, column): (usize, usize, usize),
    tile: usize,
    capacity: usize,
    to: &mut [f32],
) {
    let (shape, stride) = (job.input.shape(), job.input.stride());
    let channels = shape.vectors() * LANES;
    let zeros = [0.0f32; LANES];
    let [top, left] = [row.wrapping_add_signed(job.kernel.offset[0]), column.wrapping_add_signed(job.kernel.offset[1])];
    for lane in (0..channels).step_by(LANES) {
        // SAFETY: inside the map a pixel holds `channels` values; `to` holds `channels` for every position and tile.
        unsafe {
            let mut d = [[lanes.load(zeros.as_ptr()); IN]; IN];
            for (i, row) in d.iter_mut().enumerate() {
                let y = top.wrapping_add(i);
                for (j, value) in row.iter_mut().enumerate() {
                    let x = left.wrapping_add(j);
                    if y < job.heights[0] && x < shape.width {
                        let pixel = (picture * job.heights[0] + y) * shape.width + x;
                        *value = lanes.load(job.input.data().as_ptr().add(pixel * stride + lane));
                    }
                }
                *row = input_transform(lanes, *row);
            }
            for (x, column) in transposed(d).into_iter().enumerate() {
                for (y, &value) in input_transform(lanes, column).iter().enumerate() {
                    let at = ((y * IN + x) * capacity + tile) * channels + lane;
                    debug_assert!(at + LANES <= to.len());
                    lanes.store(to.as_mut_ptr().add(at), value);
                }
            }
        }
    }
}

/// Columns as rows, written out: closures of array functions would not be compiled for the instruction set.
#[inline(always)]
fn transposed<V: Copy>(d: [[V; IN]; IN]) -> [[V; IN]; IN] {
    let column = |x: usize| [d[0][x], d[1][x], d[2][x], d[3][x], d[4][x], d[5][x]];
    [column(0), column(1), column(2), column(3), column(4), column(5)]
}

/// The products of all positions for one group of outputs.
#[inline(always)]
unsafe fn multiply<L: Lanes>(lanes: L, kernel: &WinogradKernel, group: usize, capacity: usize, scratch: &mut Scratch) {
    let channels = kernel.inputs.next_multiple_of(LANES);
    for (position, product) in kernel.products.iter().enumerate() {
        let group = &product.groups()[group];
        let from = scratch.inputs.as_slice()[position * capacity * channels..].as_ptr();
        let to = scratch.products.as_mut_slice()[position * capacity * GROUP * LANES..].as_mut_ptr();
        scratch.pointers.clear();
        scratch.pointers.extend((0..capacity).map(|tile| from.wrapping_add(tile * channels)));
        scratch.pixels.clear();
        scratch.pixels.extend((0..scratch.tiles.len()).map(|tile| PixelOut {
            to: to.wrapping_add(tile * GROUP * LANES).wrapping_sub(group.first * LANES),
            add: std::ptr::null(),
            bits: std::ptr::null_mut(),
        }));
        // SAFETY: the buffers hold what the pointers of this group stand for, see `Scratch::fit`.
        unsafe {
            ChunkJob::new(product, &scratch.pointers, capacity, &scratch.pixels, Action::Store).group(lanes, group);
        }
    }
}

/// Aᵀ m A of one tile for one group of outputs, with the bias, finished and stored.
#[inline(always)]
unsafe fn transform_output<L: Lanes>(
    lanes: L,
    job: &BandJob<'_>,
    group: usize,
    tile: usize,
    capacity: usize,
    scratch: &mut Scratch,
) {
    let (picture, row, column) = scratch.tiles[tile];
    let (rows, columns) = (OUT.min(job.heights[1] - row), OUT.min(job.shape.width - column));
    let group = &job.kernel.products[0].groups()[group];
    scratch.pixels.clear();
    scratch.pixels.extend((0..rows * columns).map(|i| {
        let (y, x) = (picture * job.heights[1] + row + i / columns, column + i % columns);
        let in_band = (y - job.first_row) * job.shape.width + x;
        job.finish.pixel(y * job.shape.width + x, in_band, job.out, job.stride, job.record)
    }));
    let mut results = [const { std::mem::MaybeUninit::<crate::map::Line>::uninit() }; OUT * OUT];
    let results = results.as_mut_ptr().cast::<f32>();
    for v in 0..group.vectors {
        // SAFETY: the products hold a group's vectors for every position and tile; `results` holds a tile.
        unsafe {
            let bias = lanes.load(job.kernel.bias.as_slice()[(group.first + v) * LANES..].as_ptr());
            let from = scratch.products.as_slice().as_ptr();
            let mut m = [[bias; IN]; IN];
            for (position, value) in m.as_flattened_mut().iter_mut().enumerate() {
                *value = lanes.load(from.add(((position * capacity + tile) * GROUP + v) * LANES));
            }
            let mut half = [[bias; IN]; IN];
            for (half, column) in half.iter_mut().zip(transposed(m)) {
                half[..OUT].copy_from_slice(&output_transform(lanes, column));
            }
            for (y, row) in transposed(half).iter().take(rows).enumerate() {
                for (x, &value) in output_transform(lanes, *row).iter().take(columns).enumerate() {
                    lanes.store(results.add((y * columns + x) * LANES), lanes.add(value, bias));
                }
            }
            finish_tile(lanes, results, &scratch.pixels, group.first + v, 1, job.finish.action);
        }
    }
}

/// `a + factor * b`.
#[inline(always)]
fn plus<L: Lanes>(lanes: L, a: L::Vector, factor: f32, b: L::Vector) -> L::Vector {
    lanes.mul_add(lanes.splat(factor), b, a)
}

/// One row of Bᵀ d.
#[inline(always)]
fn input_transform<L: Lanes>(lanes: L, d: [L::Vector; IN]) -> [L::Vector; IN] {
    let (even, odd) = (plus(lanes, d[4], -4.0, d[2]), plus(lanes, d[3], -4.0, d[1]));
    let (near, far) = (plus(lanes, d[4], -1.0, d[2]), plus(lanes, d[3], -1.0, d[1]));
    [
        plus(lanes, plus(lanes, d[4], -5.0, d[2]), 4.0, d[0]),
        lanes.add(even, odd),
        plus(lanes, even, -1.0, odd),
        plus(lanes, near, 2.0, far),
        plus(lanes, near, -2.0, far),
        plus(lanes, plus(lanes, d[5], -5.0, d[3]), 4.0, d[1]),
    ]
}

/// One row of Aᵀ m.
#[inline(always)]
fn output_transform<L: Lanes>(lanes: L, m: [L::Vector; IN]) -> [L::Vector; OUT] {
    let (p, q) = (lanes.add(m[1], m[2]), plus(lanes, m[1], -1.0, m[2]));
    let (r, s) = (lanes.add(m[3], m[4]), plus(lanes, m[3], -1.0, m[4]));
    [
        lanes.add(lanes.add(m[0], p), r),
        plus(lanes, q, 2.0, s),
        plus(lanes, p, 4.0, r),
        lanes.add(plus(lanes, q, 8.0, s), m[5]),
    ]
}
