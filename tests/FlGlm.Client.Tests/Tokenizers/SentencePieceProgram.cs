using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace FlGlm.Client.Tests.Tokenizers;

/// <summary>SentencePiece's own programs (package sentencepiece), the second source for what a model makes of a text.</summary>
internal static class SentencePieceProgram
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Trains a model on a text and returns its path.</summary>
    internal static string Train(string folder, string text, params IEnumerable<string> options)
    {
        var corpus = Path.Combine(folder, "corpus.txt");
        var model = Path.Combine(folder, "trained");
        File.WriteAllText(corpus, text, Utf8);
        Run("spm_train", "", [$"--input={corpus}", $"--model_prefix={model}", "--num_threads=1", "--hard_vocab_limit=false", .. options]);
        return model + ".model";
    }

    /// <summary>The ids of each text, none of which has a line break.</summary>
    internal static int[][] Encode(string model, IEnumerable<string> texts) =>
        [.. Run("spm_encode", string.Concat(texts.Select(text => text + "\n")), [$"--model={model}", "--output_format=id"])
            .Split('\n')[..^1].Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture)).ToArray())];

    /// <summary>The text of each list of ids, none of which has a line break in it.</summary>
    internal static string[] Decode(string model, IEnumerable<IEnumerable<int>> ids) =>
        Run("spm_decode", string.Concat(ids.Select(row => string.Join(' ', row) + "\n")), [$"--model={model}", "--input_format=id"]).Split('\n')[..^1];

    private static string Run(string program, string input, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = Utf8,
            StandardOutputEncoding = Utf8,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, string.Join('\n', errors.Result.Split('\n').TakeLast(4)));
        return output.Result;
    }
}
