using System.Text;
using FlGlm.Testing;
using Microsoft.ML.Tokenizers;

namespace FlGlm.Tokenizers.Tests;

public sealed class OwnBindingTests
{
    [SharedFact]
    public void Every_public_member_is_one_of_the_official_library()
    {
        var assembly = typeof(SentencePieceTokenizer).Assembly;

        Assert.NotEmpty(PublicSurface.Lines(assembly));
        Assert.Empty(PublicSurface.Foreign(assembly, SharedFolder.At("spec", "api", "Microsoft.ML.Tokenizers-main-2026-08.txt")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("this is no model")]
    [InlineData("{\"version\": \"1.0\", \"model\": {}}")]
    public void A_file_that_is_no_SentencePiece_model_is_refused_in_one_line(string content)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(content));

        var error = Assert.Throws<InvalidDataException>(() => SentencePieceTokenizer.Create(stream));

        Assert.Equal($"These {content.Length} bytes are not a SentencePiece model, or a damaged one.", error.Message);
    }
}
