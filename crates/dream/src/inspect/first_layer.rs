//! The kernels of a network's first convolution, the only ones that see colours.

use oneiric_engine::op::Op;
use oneiric_zoo::Network;

use crate::error::Error;
use crate::filter::signed;
use crate::invalid::InvalidSetting;
use crate::picture::Picture;

/// The first convolution of a network.
///
/// Its numbers are those of the network's file: they multiply the picture after the network's own preparation, which shifts
/// and scales each colour (EfficientNet-Lite: to -1…1; SqueezeNet: 0…255 less the mean of ImageNet; torchvision's networks:
/// less that mean, over its deviation). Red, green and blue are in this order in every network. Where a batch norm follows the convolution, as in
/// EfficientNet-Lite, each kernel is multiplied by the norm's factor. Biases are left out.
#[derive(Clone, Debug, PartialEq)]
pub struct FirstLayer {
    /// The layer that it belongs to, whose channels are the kernels: `stem`, `conv1`…
    pub layer: String,
    /// Number of kernels.
    pub channels: usize,
    /// Rows of a kernel.
    pub rows: usize,
    /// Columns of a kernel.
    pub columns: usize,
    /// The numbers, `[channels][rows][columns][3]`, the last of red, green and blue.
    pub weights: Vec<f32>,
}

/// Returns the kernels of the first layer of a network.
///
/// # Errors
/// [`Error::Setting`] for `model` if the network's first layer with weights is not a convolution of the picture's three
/// colours.
pub fn first_layer(network: &Network) -> Result<FirstLayer, Error> {
    let mut operations = network.graph.operations().skip_while(|(_, op)| matches!(op, Op::ScaleShift(_))).peekable();
    let conv = match operations.peek() {
        Some((_, Op::Conv(conv))) if conv.groups() == 1 && conv.channels()[0] == 3 => conv,
        _ => {
            let why = format!("the first layer of {} is not a convolution of red, green and blue", network.name);
            return Err(InvalidSetting::unusable("model", why).into());
        }
    };
    let [rows, columns] = conv.window().kernel;
    let area = rows * columns;
    let kernel = |planes: &[f32]| (0..3 * area).map(|i| planes[i % 3 * area + i / 3]).collect::<Vec<_>>();
    let weights = conv.weight().chunks_exact(3 * area).flat_map(kernel).collect();
    let channels = conv.channels()[1];
    // The name is that of the function behind the convolution.
    let layer = operations.map(|(layer, _)| layer).find(|layer| !layer.is_empty()).unwrap_or_default().to_owned();
    Ok(FirstLayer { layer, channels, rows, columns, weights })
}

impl FirstLayer {
    /// The numbers of one kernel, `[rows][columns][3]`.
    ///
    /// # Panics
    /// When there is no such channel.
    pub fn kernel(&self, channel: usize) -> &[f32] {
        let values = self.rows * self.columns * 3;
        &self.weights[channel * values..][..values]
    }

    /// A kernel as a picture of [`columns`](Self::columns) by [`rows`](Self::rows) pixels: its numbers for red, green and
    /// blue are the pixel's colour. 0 is middle grey; the number of this kernel that is farthest from 0 is full or empty.
    /// Each kernel is scaled by itself, so that weak ones are visible too.
    ///
    /// # Panics
    /// When there is no such channel.
    pub fn picture(&self, channel: usize) -> Picture {
        let kernel = Picture::new(self.columns, self.rows, self.kernel(channel).to_vec());
        signed(&kernel.expect("a kernel has at least one number"))
    }

    /// All kernels on one sheet, each with the number of its channel.
    #[cfg(feature = "fonts")]
    pub fn sheet(&self) -> super::sheet::Sheet {
        use crate::picture::resize::nearest;

        // Whole squares of pixels, so that all look equal.
        let square = (KERNEL_SIDE / self.rows.max(self.columns)).max(1);
        let tile = (self.columns * square, self.rows * square);
        let mut sheet = super::sheet::Sheet::new(tile.0, tile.1);
        (0..self.channels).for_each(|channel| {
            sheet.add(channel.to_string(), "", &nearest(&self.picture(channel), tile));
        });
        sheet
    }
}

/// Longer side of a kernel on a sheet, in pixels, rounded down to whole squares.
#[cfg(feature = "fonts")]
const KERNEL_SIDE: usize = 105;

#[cfg(test)]
mod tests {
    use super::*;
    use oneiric_engine::Graph;
    use oneiric_engine::op::{Activation, Conv2d, ScaleShift, Window};
    use oneiric_engine::shape::Size;

    fn graph(conv: Conv2d) -> Graph {
        let mut graph = Graph::new(3).unwrap();
        let prepared = ScaleShift::new([2.0; 3], [-1.0; 3]).unwrap();
        let prepared = graph.add(Op::ScaleShift(prepared), &[graph.picture()]).unwrap();
        let conv = graph.add(Op::Conv(conv), &[prepared]).unwrap();
        graph.add_layer("first", Op::Activation(Activation::Relu), &[conv]).unwrap();
        graph
    }

    #[test]
    fn kernels_have_the_colours_of_their_numbers() {
        // Two kernels of one row: the first reads red on the left and blue on the right, the second nothing.
        let weights = [[0.5, 0.0], [0.0, 0.0], [0.0, -1.0], [0.0; 2], [0.0; 2], [0.0; 2]].concat();
        let window = Window { kernel: [1, 2], ..Window::square(1, 1) };
        let network = Network::new("tiny", graph(Conv2d::new(3, 2, 1, window, weights, None).unwrap()), "first");
        let first = first_layer(&network).unwrap();
        assert_eq!((first.layer.as_str(), first.channels, first.rows, first.columns), ("first", 2, 1, 2));
        assert_eq!(first.kernel(0), [0.5, 0.0, 0.0, 0.0, 0.0, -1.0]);
        assert_eq!(first.picture(0).pixels(), [0.75, 0.5, 0.5, 0.5, 0.5, 0.0]);
        assert_eq!(first.picture(1).pixels(), [0.5; 6]);
        assert_eq!(network.graph.layer_shape("first", Size { height: 3, width: 3 }).unwrap().channels, 2);
    }

    #[test]
    fn a_network_that_begins_otherwise_is_refused() {
        let conv = Conv2d::new(3, 3, 3, Window::square(1, 1), vec![1.0; 3], None).unwrap();
        let error = first_layer(&Network::new("grouped", graph(conv), "first")).unwrap_err();
        assert_eq!(error.setting(), Some("model"));
        assert!(error.to_string().contains("grouped"), "{error}");
    }

    /// The first layer of SqueezeNet, computed from these numbers, is that of the engine.
    #[test]
    #[cfg(feature = "weights")]
    fn the_kernels_of_a_trained_network_compute_its_first_layer() {
        let network = oneiric_zoo::load("squeezenet").unwrap();
        let first = first_layer(&network).unwrap();
        // A black picture with a colour in its middle.
        let (colour, side) = ([0.9, 0.4, 0.1], 7);
        let mut picture = Picture::filled(side, side, [0.0; 3]).unwrap();
        picture.pixels_mut()[(3 * side + 3) * 3..][..3].copy_from_slice(&colour);
        let layer = crate::inspect::look::activations(&network, &picture, &first.layer).unwrap();
        let conv =
            network.graph.operations().find_map(|(_, op)| if let Op::Conv(conv) = op { Some(conv) } else { None });
        let bias = conv.unwrap().bias().unwrap();
        for (channel, bias) in bias.iter().enumerate() {
            // The window of the second row and column covers rows and columns 1 to 3: the colour is below its last tap.
            let taps = first.kernel(channel).chunks(3).enumerate();
            let sum: f32 = taps
                .map(|(tap, kernel)| {
                    let prepared = |c: usize| if tap == 8 { 255.0 * colour[c] - MEAN[c] } else { -MEAN[c] };
                    (0..3).map(|c| kernel[c] * prepared(c)).sum::<f32>()
                })
                .sum();
            let expected = (sum + bias).max(0.0);
            let got = layer.values[channel * layer.shape.pixels() + layer.shape.width + 1];
            assert!((got - expected).abs() < 1e-3 * expected.max(1.0), "{channel}: {got} is not {expected}");
        }
    }

    /// What SqueezeNet subtracts from 0…255.
    #[cfg(feature = "weights")]
    const MEAN: [f32; 3] = [123.0, 117.0, 104.0];
}
