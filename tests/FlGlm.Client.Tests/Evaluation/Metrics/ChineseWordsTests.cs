using FlGlm.Client.Evaluation.Metrics;
using FlGlm.Testing;
using JiebaNet.Segmenter;

namespace FlGlm.Client.Tests.Evaluation.Metrics;

public sealed class ChineseWordsTests
{
    [Theory]
    [InlineData("我来到北京清华大学", "我/来到/北京/清华大学")]
    [InlineData("他来到了网易杭研大厦", "他/来到/了/网易/杭研/大厦")]
    [InlineData("小明硕士毕业于中国科学院计算所，后在日本京都大学深造", "小明/硕士/毕业/于/中国科学院/计算所/，/后/在/日本京都大学/深造")]
    [InlineData("GPT-4 的 BLEU 是 9.32%。", "GPT/-/4/ /的/ /BLEU/ /是/ /9.32%/。")]
    [InlineData("好😀！", "好/😀/！")]
    [InlineData("约翰··史密斯·", "约翰/·/·/史密斯/·")]
    [InlineData("", "")]
    public void Words_are_those_of_jieba(string text, string words) => Assert.Equal(words, string.Join('/', ChineseWords.Cut(text)));

    [Fact]
    public void Words_are_joined_by_blanks_for_ROUGE() => Assert.Equal("我 来到 北京 ，", ChineseWords.Spaced("我来到北京，"));

    [Fact]
    public void The_name_says_the_version_of_the_package()
    {
        var versions = File.ReadAllText(RepositoryFolder.At("Directory.Packages.props"));

        Assert.Contains($"\"{ChineseWords.Name.Replace(" ", "\" Version=\"", StringComparison.Ordinal)}\"", versions, StringComparison.Ordinal);
    }

    [Fact]
    public void The_word_list_is_that_beside_the_program_whatever_the_current_directory()
    {
        ChineseWords.Cut("我");

        Assert.Equal(Path.Combine(AppContext.BaseDirectory, "Resources"), ConfigManager.ConfigFileBaseDir);
    }

    [Fact]
    public void A_missing_word_list_is_named()
    {
        using var folder = new TempFolder();
        folder.Write("dict.txt", "");

        var error = Assert.Throws<FileNotFoundException>(() => ChineseWords.CheckTables(folder.Path));

        Assert.Equal(folder.At("prob_emit.json"), error.FileName);
    }

    [Fact]
    public void Many_threads_may_cut_at_once() =>
        Assert.All(
            Enumerable.Range(0, 64).AsParallel().Select(_ => ChineseWords.Spaced("他来到了网易杭研大厦")).ToList(),
            words => Assert.Equal("他 来到 了 网易 杭研 大厦", words));
}
