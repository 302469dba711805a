using System.Diagnostics;
using System.Text;

namespace FlGlm.Client.Tests.Data;

/// <summary>Trains a small SentencePiece model with the pieces of ChatGLM-6B's, by <c>spm_train</c> of the package sentencepiece.</summary>
internal static class TrainedTokenizer
{
    private const string Command = "spm_train";

    internal static bool CanTrain =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, Command)));

    /// <summary>Writes <c>ice_text.model</c>: unk, marks and pad, special pieces, bytes, then what the text gives.</summary>
    /// <param name="directory">Where to.</param>
    /// <param name="type">bpe or unigram.</param>
    /// <param name="text">What to learn from; other characters are spelt in bytes.</param>
    internal static void WriteTo(string directory, string type, string text)
    {
        var corpus = Path.Combine(directory, "corpus.txt");
        File.WriteAllText(corpus, text + "\n");
        using var training = Process.Start(new ProcessStartInfo(Command)
        {
            RedirectStandardError = true,
            ArgumentList =
            {
                $"--input={corpus}", $"--model_prefix={Path.Combine(directory, "ice_text")}", $"--model_type={type}", "--vocab_size=430",
                "--hard_vocab_limit=false", "--character_coverage=1", "--byte_fallback=true", "--pad_id=3", "--pad_piece=<pad>",
                $"--user_defined_symbols={string.Join(',', ChatGlmFolder.Symbols)}", "--normalization_rule_name=identity",
                "--remove_extra_whitespaces=false", "--num_threads=1",
            },
        })!;
        var said = training.StandardError.ReadToEnd();
        training.WaitForExit();
        Assert.True(training.ExitCode == 0, said);
        MarkControls(Path.Combine(directory, "ice_text.model"));
    }

    /// <summary>spm_train would number control symbols before all others; so the kind of these pieces is set afterwards.</summary>
    private static void MarkControls(string path)
    {
        var model = File.ReadAllBytes(path);
        foreach (var control in ChatGlmFolder.Controls)
        {
            byte[] piece = [(1 << 3) | 2, (byte)control.Length, .. Encoding.ASCII.GetBytes(control), (2 << 3) | 5];  // then a score of 4 bytes
            var kind = model.AsSpan(model.AsSpan().IndexOf(piece) + piece.Length + 4, 2);
            Assert.Equal([3 << 3, 4], kind.ToArray());
            kind[1] = 3;
        }

        File.WriteAllBytes(path, model);
    }
}
