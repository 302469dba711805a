using FlGlm.Client.Evaluation.Metrics;

namespace FlGlm.Client.Tests.Evaluation.Metrics;

public sealed class ClassificationTests
{
    private static readonly (string Predicted, string Gold)[] Pairs =
        [("yes", "yes"), ("yes", "no"), ("no", "no"), ("no", "yes"), ("yes", "yes"), ("maybe", "no")];

    [Fact]
    public void Accuracy_is_the_share_of_equal_labels()
    {
        Assert.Equal(3 / 6.0, Classification.Accuracy(Pairs));
        Assert.Equal(2 / 3.0, Classification.Accuracy(Pairs[..3]));
        Assert.Equal(0, Classification.Accuracy<bool>([]));
    }

    [Fact]
    public void F1_counts_one_label_and_is_0_where_it_neither_is_nor_was_predicted()
    {
        Assert.Equal(2 * 2 / (3 + 3.0), Classification.F1(Pairs, "yes"));
        Assert.Equal(2 * 1 / (2 + 3.0), Classification.F1(Pairs, "no"));
        Assert.Equal(0, Classification.F1(Pairs, "maybe"));
        Assert.Equal(0, Classification.F1(Pairs, "other"));
        Assert.Equal(1, Classification.F1([(1, 1), (0, 0)], 1));
    }

    [Fact]
    public void Macro_F1_is_the_mean_over_the_labels_that_occur_on_either_side()
    {
        Assert.Equal(((2 / 3.0) + 0.4 + 0) / 3, Classification.MacroF1(Pairs), 12);
        Assert.Equal(1, Classification.MacroF1([("a", "a"), ("b", "b")]));
        Assert.Equal(0, Classification.MacroF1<string>([]));
    }

    [Fact]
    public void Macro_F1_over_given_labels_counts_an_absent_one_as_0()
    {
        (string, string)[] pairs = [("a", "a"), ("b", "b")];

        Assert.Equal(2 / 3.0, Classification.MacroF1(pairs, ["a", "b", "c"]), 12);
        Assert.Equal(1, Classification.MacroF1(pairs, ["a"]));
    }
}
