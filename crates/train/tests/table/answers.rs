//! A trained network answers the rows of other tables.

use oneiric_train::table::{TableNetwork, TableSettings};

use crate::{fruit, parse, trained};

/// A network for fruit, read from its file.
fn network(hidden: &[usize]) -> TableNetwork {
    let settings = TableSettings { hidden: hidden.into(), steps: 400, ..TableSettings::default() };
    TableNetwork::read(&trained(&fruit(40), settings).network().unwrap().write().unwrap()).unwrap()
}

#[test]
fn a_network_is_read_as_it_was_written() {
    let settings = TableSettings { steps: 50, ..TableSettings::default() };
    let network = trained(&fruit(20), settings).network().unwrap();
    let again = TableNetwork::read(&network.write().unwrap()).unwrap();
    assert_eq!((again.card(), again.layers().unwrap()), (network.card(), network.layers().unwrap()));
    assert_eq!(again.card().class_names(), ["apple", "kiwi", "lemon", "orange", "peach", "plum"]);
    assert_eq!(again.card().input_names(), ["weight", "diameter", "colour", "roundness", "fuzziness"]);
    assert_eq!(again.card().classes.iter().map(|class| class.rows + class.held_out).sum::<usize>(), 120);
}

#[test]
fn every_neuron_is_the_sum_of_its_weights() {
    for hidden in [&[][..], &[1], &[3, 5], &[16, 16], &[4, 2, 20]] {
        let network = network(hidden);
        let mut values = vec![0.3, -1.2, 2.0, -0.4, 0.9];
        let layers = network.layers().unwrap();
        let activations = network.activations(&values).unwrap();
        assert_eq!((layers.len(), activations.len()), (hidden.len() + 1, hidden.len() + 1));
        for (i, (layer, activations)) in layers.iter().zip(&activations).enumerate() {
            let neuron = |(weights, bias): (&[f32], &f32)| {
                let sum = bias + weights.iter().zip(&values).map(|(weight, value)| weight * value).sum::<f32>();
                if i == hidden.len() { sum } else { sum.max(0.0) }
            };
            let expected: Vec<f32> = layer.weights.chunks(values.len()).zip(layer.bias).map(neuron).collect();
            let close = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-4;
            assert!(expected.iter().zip(activations).all(close), "{hidden:?}: {expected:?} {activations:?}");
            values = expected;
        }
        let probabilities = &network.probabilities(&[vec![0.3, -1.2, 2.0, -0.4, 0.9]]).unwrap()[0];
        assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }
}

#[test]
fn columns_may_come_in_any_order_with_others_between() {
    let network = network(&[16]);
    let table = parse("kind,fuzziness,owner,colour,diameter,roundness,weight\n,0.6,Ann,46,5.6,0.8,92\n?,,Bob,,,,\n");
    let table = table.unwrap();
    let reader = network.reader(&table).unwrap();
    let answer = &network.probabilities(&[reader.inputs(0).unwrap().values]).unwrap()[0];
    assert!(answer[1] > 0.8, "a kiwi: {answer:?}");
    assert!(reader.class(0).unwrap().is_none());
    assert_eq!(reader.inputs(1).unwrap().values, [0.0; 5], "missing numbers are means");
}

#[test]
fn rows_that_cannot_be_answered_say_why() {
    let network = network(&[4]);
    let head = "weight,diameter,colour,roundness,fuzziness,kind";
    let error = |text: &str| {
        let table = parse(text).unwrap();
        let reader = network.reader(&table);
        let rows = reader.and_then(|reader| {
            (0..table.rows()).try_for_each(|row| {
                reader.inputs(row)?;
                reader.class(row).map(|_| ())
            })
        });
        rows.unwrap_err().to_string()
    };
    assert_eq!(error(&format!("{head}\n")), "the table has no rows");
    assert_eq!(error("weight,size\n1,2\n"), "the table has no column 'diameter'; its columns are weight, size");
    assert_eq!(error(&format!("{head}\n1,2,3,4,5,\n1,2,red,4,5,\n")), "line 3, column 'colour': 'red' is not a number");
    let class = error(&format!("{head}\n1,2,3,4,5,Apple\n"));
    assert!(class.starts_with("line 2: 'Apple' is not a class of the network; its classes are apple, kiwi"), "{class}");
}

#[test]
fn a_text_that_was_never_seen_counts_as_none_of_those_that_were() {
    let rows: String = (0..60).map(|i| format!("{},{}\n", ["red", "green", "blue"][i % 3], i)).collect();
    let rows = rows.lines().map(|line| format!("{line},{}\n", u8::from(line.starts_with("red"))));
    let table = parse(&format!("colour,number,kind\n{}", rows.collect::<String>())).unwrap();
    let network = trained(&table, TableSettings::default()).network().unwrap();
    let table = parse("colour,number\nred,7\nmauve,7\n").unwrap();
    let reader = network.reader(&table).unwrap();
    let [red, mauve] = [0, 1].map(|row| reader.inputs(row).unwrap());
    assert_eq!((red.unknown, mauve.unknown), (None, Some("colour".into())));
    assert_eq!(mauve.values[..3], [0.0; 3]);
    assert!(network.probabilities(&[red.values]).unwrap()[0][1] > 0.9);
}
