using System.Text;
using System.Text.Json;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>Rows of random token ids in the form of each fixture model, for models without a tokenizer.</summary>
internal static class TokenRows
{
    /// <summary>JSONL: of <c>glm1</c> context [gMASK] sop answer eop, of <c>glm2</c> [gMASK] sop context answer eos; answers out of eight ids.</summary>
    public static byte[] Of(string model, int rows)
    {
        var random = new Random(7);
        return Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, rows).Select(_ => Row(model, random) + "\n")));
    }

    private static string Row(string model, Random random)
    {
        var context = Enumerable.Range(0, random.Next(4, 12)).Select(_ => random.Next(10, 180));
        var answer = Enumerable.Range(0, random.Next(2, 8)).Select(_ => 20 + (10 * random.Next(8)));
        (int[] before, int[] learnt) = model == "glm1" ? ([.. context, 201], [204, .. answer, 205]) : ((int[])[190, 192, .. context], (int[])[.. answer, 2]);
        return JsonSerializer.Serialize(new { input_ids = before.Concat(learnt), labels = before.Select(_ => -100).Concat(learnt) });
    }
}
